package doctor

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

var params = []macro.Name{macro.Param1, macro.Param2, macro.Param3}

// clickID finds a template by which the tracker cannot tell which click it was.
func (e *exam) clickID() {
	switch {
	case e.uses(params...):
	case e.uses(macro.ClickID):
		for _, slot := range e.template.Slots() {
			if slot.Macro == macro.ClickID {
				at := place{slot.Start, slot.End}
				e.find(CodeOwnClickID, Warning, at, "{click_id} is Postrider's id for the click. Your tracker expects its own, which your tracking link passes in param_1.",
					e.replacing(at, "{param_1}", "Use {param_1}"))
			}
		}
	case e.preset != nil && e.preset.Kind == "messenger":
	case slices.ContainsFunc(e.findings, func(f Finding) bool { return f.Fix != nil && strings.Contains(f.Fix.Label, "{param_") }):
		// what stands in its place is named already
	default:
		name := e.clickName()
		if p, ok := e.piece(name); ok {
			e.find(CodeNoClickID, Warning, p.whole, fmt.Sprintf("%s has no click id, so the tracker cannot attribute the conversion.", name), e.replacing(p.at, "{param_1}", "Use {param_1}"))
			return
		}
		e.find(CodeNoClickID, Warning, nowhere, "The URL has no click id, so the tracker cannot attribute the conversion.", e.adding(name, "{param_1}", "Add "+name+"={param_1}"))
	}
}

// clickName is the parameter in which the tracker wants the click id.
func (e *exam) clickName() string {
	if e.preset != nil {
		for _, known := range e.preset.Parameters {
			if e.isClick(known) {
				return known.Name
			}
		}
	}
	for _, p := range e.pieces {
		if proposal, confidence := presets.Propose(p.name); p.equals && confidence == presets.Likely && proposal == "{param_1}" {
			return p.name
		}
	}
	return "click_id"
}
