-- +goose Up

-- An attempt updates its delivery twice, when it is claimed and when it is over,
-- and touches no index as long as both fit into the row's page: a page that is
-- filled has been updated in full before the first of the old rows may be
-- forgotten. With 70 one in seven of these updates wrote to every index.
ALTER TABLE deliveries SET (fillfactor = 50);
