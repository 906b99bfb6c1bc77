// Package schema is the model: every entity of product.md's Concepts, with its fields, its
// indexes and who may see it. The SQL that creates the tables is in ent/migrations; a test fails
// when the two differ.
//
// Rows refer to each other by id alone. Clicks, attempts and received calls are in monthly
// partitions that retention drops, so nothing may have a foreign key to them; configuration rows
// have their foreign keys in the migrations. Every row that belongs to an affiliate has its
// affiliate_id, and the mixin Owned scopes each query and change by it: that is the only place
// of scoping.
package schema
