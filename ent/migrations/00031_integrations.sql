-- +goose Up

-- An operator's way to report is an integration: a source is where an affiliate's
-- traffic comes from.
ALTER TABLE sources RENAME TO integrations;
ALTER TABLE source_secrets RENAME TO integration_secrets;
ALTER TABLE integration_secrets RENAME source_id TO integration_id;
ALTER TABLE players RENAME source_id TO integration_id;
ALTER TABLE conversions RENAME source_id TO integration_id;
ALTER TABLE received_postbacks RENAME source_id TO integration_id;
ALTER TABLE received_postbacks RENAME source_key TO integration_key;

ALTER INDEX sources_pkey RENAME TO integrations_pkey;
ALTER INDEX sources_key RENAME TO integrations_key;
ALTER INDEX source_secrets_pkey RENAME TO integration_secrets_pkey;
ALTER INDEX source_secrets_source_id RENAME TO integration_secrets_integration_id;
ALTER INDEX players_source_id_external_id RENAME TO players_integration_id_external_id;
ALTER INDEX received_postbacks_source_id_id RENAME TO received_postbacks_integration_id_id;
ALTER SEQUENCE sources_id_seq RENAME TO integrations_id_seq;
ALTER SEQUENCE source_secrets_id_seq RENAME TO integration_secrets_id_seq;

-- What names them in a text.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION conversions_refer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  SELECT id INTO one FROM written w WHERE
       w.affiliate_id IS NOT NULL AND (SELECT r.id FROM affiliates r WHERE r.id = w.affiliate_id) IS NULL
    OR w.campaign_id IS NOT NULL AND (SELECT r.id FROM campaigns r WHERE r.id = w.campaign_id) IS NULL
    OR w.player_id IS NOT NULL AND (SELECT r.id FROM players r WHERE r.id = w.player_id) IS NULL
    OR (SELECT r.id FROM integrations r WHERE r.id = w.integration_id) IS NULL
    OR (SELECT r.id FROM offers r WHERE r.id = w.offer_id) IS NULL
    OR (SELECT r.key FROM goals r WHERE r.key = w.goal) IS NULL
    LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'conversions_refer',
      MESSAGE = format('conversion %s refers to what is not there', one);
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

DROP TRIGGER referred_still ON integrations;
CREATE TRIGGER referred_still AFTER DELETE ON integrations REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_if_referred('id', 'conversions', 'integration_id');

UPDATE received_postbacks SET result = 'unknown_integration' WHERE result = 'unknown_source';
