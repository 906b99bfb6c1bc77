// Package inbound parses an operator's call into a report, or refuses it with a reason.
// Nothing here uses a database, and nothing is recorded.
//
// A call passes through these steps: [Integration.Admit] parses its parameters
// (parameters.go), maps them to our names and words (dialect.go), and authenticates the call
// (integration.go); [Read] makes a report of them, which [Report.Complete] checks against the
// goal that it names (report.go). Secrets are masked in what is logged of a call (mask.go).
package inbound
