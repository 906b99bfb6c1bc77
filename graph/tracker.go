package graph

import (
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/presets"
	"postrider/graph/gen"
)

// recognition returns what was recognised in a pasted text.
func recognition(r presets.Recognition) *gen.Recognition {
	shown := &gen.Recognition{
		Tracker: r.Tracker, Confidence: r.Confidence, Reason: r.Reason, Network: textOrNull(r.Network), Dialect: string(r.Dialect),
		Source: r.Source, URLTemplate: r.URLTemplate, Parameters: []*gen.RecognizedParameter{}, Others: r.Others,
	}
	for _, p := range r.Parameters {
		names := make([]string, len(p.Macros))
		for i, name := range p.Macros {
			names[i] = string(name)
		}
		shown.Parameters = append(shown.Parameters, &gen.RecognizedParameter{
			Name: p.Name, Value: p.Value, Macro: textOrNull(p.Macro()), Macros: names, Proposal: p.Proposal,
			Confidence: p.Confidence, Reason: p.Reason,
			Start: macro.UTF16Offset(r.URLTemplate, p.Start), End: macro.UTF16Offset(r.URLTemplate, p.End),
		})
	}
	return shown
}

// presetRule returns the preset's rule on an answer's body, as a postback has it.
func presetRule(p *presets.Preset) *firing.BodyRule {
	if p.Body.Kind == "" {
		return nil
	}
	return &firing.BodyRule{Kind: firing.BodyRuleKind(p.Body.Kind), Path: p.Body.Path, Value: p.Body.Value}
}

func blankValues(given []*gen.BlankValueInput) map[string]string {
	values := make(map[string]string, len(given))
	for _, b := range given {
		values[b.Name] = b.Value
	}
	return values
}
