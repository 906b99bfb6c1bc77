package presets

import (
	"fmt"
	"slices"
	"strings"
)

// match is the tracker of a URL, as far as its form shows.
type match struct {
	preset     *Preset
	confidence Confidence
	reason     string
}

// recogniseTracker returns the preset whose host, path and parameters a URL has.
func recogniseTracker(p parts) match {
	var best match
	bestScore, tied := 0, ""
	path := mask(p.path)
	for _, preset := range catalog {
		m, score := preset.matches(p, path)
		switch {
		case score > bestScore:
			best, bestScore, tied = m, score, ""
		case score > 0 && score == bestScore:
			tied = preset.Name
		}
	}
	if tied != "" && best.confidence != Sure {
		best.confidence = Guess
		best.reason = fmt.Sprintf("%s; postbacks of %s look the same.", strings.TrimSuffix(best.reason, "."), tied)
	}
	return best
}

// mask replaces each placeholder with one letter.
func mask(path string) string {
	var b strings.Builder
	at := 0
	for _, t := range Tokens(path) {
		b.WriteString(path[at:t.Start] + "X")
		at = t.End
	}
	return b.String() + path[at:]
}

func (p *Preset) matches(u parts, path string) (match, int) {
	host, _, _ := strings.Cut(strings.ToLower(u.host), ":")
	onHost := slices.ContainsFunc(p.hosts, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) })
	onPath := p.path.MatchString(path)
	click := ""
	score := 0
	for _, pair := range u.pairs {
		if slices.ContainsFunc(p.click, func(name string) bool { return strings.EqualFold(name, pair.name) }) {
			click = pair.name
			score += 3
		} else if _, known := p.parameter(pair.name); known {
			score++
		}
	}
	switch {
	case onHost && (onPath || click != ""):
		return match{p, Sure, fmt.Sprintf("The host belongs to %s.", p.Name)}, score + 20
	case len(p.hosts) > 0 && !p.takesAnyHost():
		return match{}, 0
	case onPath && click != "" && p.distinct:
		return match{p, Sure, fmt.Sprintf("The path and the parameter %s match %s.", click, p.Name)}, score + 5
	case onPath && click != "" && score > 3:
		return match{p, Likely, fmt.Sprintf("The path and the parameters match %s.", p.Name)}, score + 3
	default:
		return match{}, 0
	}
}

// takesAnyHost reports whether the preset's tracker also runs on domains of its users' own.
func (p *Preset) takesAnyHost() bool { return strings.Contains(p.Template, "://<domain>") }
