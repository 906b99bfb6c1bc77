-- +goose Up

-- Which of an operator's parameters, goals and statuses are which of ours.
ALTER TABLE integrations RENAME parameter_names TO parameter_mapping;
ALTER TABLE integrations RENAME goal_words TO goal_mapping;
ALTER TABLE integrations RENAME status_words TO status_mapping;
