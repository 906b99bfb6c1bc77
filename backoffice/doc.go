// Package backoffice is staff's corrections of recorded facts: it proposes clicks for
// unattributed conversions, and attributes them by rule; it changes many statuses by a
// file; it maps an operator's statuses, and moves the conversions that waited for them.
//
// It decides nothing about money and fires nothing: package intake makes every change
// of a conversion, as a step of its lifecycle like any other. Nothing here is scoped to a viewer:
// its callers are staff's mutations.
package backoffice

import "postrider/intake"

// Office corrects what an Intake has recorded.
type Office struct{ Intake *intake.Intake }
