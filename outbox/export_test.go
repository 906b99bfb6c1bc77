package outbox

// Summary is what a window sends.
type Summary = summary

// What windows are made of, for the walk over the table of moves.
var (
	Open         = openWindow
	Close        = closeWindow
	Summarize    = writeSummary
	CancelWindow = cancelWindow
)
