// Package inbound reads an operator's call: it becomes a report, or a refusal that says
// why. Nothing here knows a database, and nothing is recorded.
//
// The way of a call: [Integration.Admit] reads its parameters (parameters.go), gives them our
// names and words (dialect.go), and checks what the integration asks to be proven
// (integration.go); [Read] makes a report of them, which [Report.Complete] checks against the
// goal that it names (report.go). What is kept of a call has its secrets masked
// (mask.go).
package inbound
