-- Where events may come from (assessment-flow.md 10, row 12).
ALTER TABLE customers ADD COLUMN event_sources TEXT NOT NULL DEFAULT '';    -- addresses and ranges, separated by blanks
