-- A step that was given up and that nobody has to do anything about any more: a person said why, or a newer order took its place.
ALTER TABLE jobs ADD COLUMN dismissed_at INTEGER;
ALTER TABLE jobs ADD COLUMN dismissed_by TEXT;
ALTER TABLE jobs ADD COLUMN dismissed_reason TEXT;

UPDATE jobs SET dismissed_at = due_at, dismissed_by = 'a newer order',
    dismissed_reason = 'The candidate was sent to Harver again, and a newer order has taken the place of this one.'
WHERE state = 'dead' AND order_id IN (
    SELECT older.id FROM orders older JOIN orders newer
        ON newer.customer = older.customer AND newer.workflow = older.workflow AND newer.vacancy = older.vacancy
    WHERE older.id < newer.id);
