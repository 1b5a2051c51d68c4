-- How many sign-ins have failed lately, whichever replica they came to. Who it was stands nowhere: the line is drawn with the key.
CREATE TABLE failed_sign_ins (
    counted               TEXT NOT NULL,              -- of a name at a place, or of a place
    line                  BIGINT NOT NULL,
    spent_until           BIGINT NOT NULL,           -- when the line is as good as new
    PRIMARY KEY (counted, line)
);
