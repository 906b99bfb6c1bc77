// Package schema is the model: every entity of product.md's Concepts, with its
// fields, its indexes and who may see it. The SQL that makes the tables is in
// ent/migrations; a test fails when the two differ.
//
// Rows refer to each other by id alone. Clicks, attempts and received calls live
// in monthly partitions that retention drops, so nothing may hold on to them by
// a foreign key; configuration rows have their foreign keys in the migrations.
// Every row that belongs to an affiliate carries its affiliate_id, and the mixin
// Owned scopes each query and change by it: that is the one place of scoping.
package schema
