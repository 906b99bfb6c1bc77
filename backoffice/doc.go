// Package backoffice is what staff do about facts that are recorded: it proposes clicks
// for conversions that nobody was found for, and attributes them by rule; it changes
// many statuses by a file; it maps an operator's words, and moves what waited for them.
//
// It decides nothing about money and fires nothing: every change of a conversion is
// intake's, a step of its lifecycle like any other. Nothing here is scoped to a viewer:
// its callers are staff's mutations.
package backoffice

import "postrider/intake"

// Office corrects what an Intake has recorded.
type Office struct{ Intake *intake.Intake }
