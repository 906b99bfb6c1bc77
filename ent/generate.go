// Package ent holds the model: schema/ is written by hand, db/ is generated from
// it, migrations/ is the versioned SQL.
package ent

//go:generate go tool ent generate --target db --feature privacy,entql,sql/execquery,sql/modifier,sql/lock --template ./template ./schema
