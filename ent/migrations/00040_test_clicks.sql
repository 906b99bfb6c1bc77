-- +goose Up

-- A click of somebody who tries a link (test=1) is kept and shown, and no number counts it.
ALTER TABLE clicks ADD COLUMN test boolean NOT NULL DEFAULT false;
