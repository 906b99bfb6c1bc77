-- +goose Up

-- Tests of templates that were not saved yet: the checklist looks among them for those that were saved later.
CREATE INDEX postback_tests_unsaved ON postback_tests (affiliate_id, id) WHERE postback_id IS NULL;
