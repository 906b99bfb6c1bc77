package doctor

import (
	"fmt"
	"time"

	"postrider/domain/macro"
)

// Setup is what has been done for a campaign, and what has happened.
type Setup struct {
	Postbacks []Question // each enabled postback that fires for it
	Tested    *time.Time // when the tracker first accepted a test
	Clicked   *time.Time // when the first real click came with a param_1
	Delivered *time.Time // when the first real conversion was first delivered
	Manager   string     // whom to ask, as "Name (e-mail)"; empty if nobody is known
}

// Step is one step of the checklist.
type Step struct {
	Key     string
	Title   string
	Done    bool
	At      *time.Time // when it happened; nil where it is a state, or not done
	Message string     // what is there, or what to do
}

// The keys of the steps, in their order.
const (
	StepMacros    = "macros_known"
	StepMapped    = "mapped"
	StepSound     = "template_sound"
	StepTested    = "test_fired"
	StepClicked   = "first_click"
	StepDelivered = "first_delivery"
)

// StepKeys lists the keys of the steps, in their order.
func StepKeys() []string {
	return []string{StepMacros, StepMapped, StepSound, StepTested, StepClicked, StepDelivered}
}

// Checklist is the setup steps of a campaign, done and to do.
func Checklist(s Setup) []Step {
	known, mapped, sound := 0, 0, 0
	fault := ""
	for _, q := range s.Postbacks {
		if _, err := macro.ParseFor(q.Template, macro.ScopeFor(q.Aggregates)); err != nil {
			continue
		}
		known++
		findings := Check(q)
		if !hasAny(findings, CodeNoClickID, CodeOwnClickID, CodeForeignToken, CodeFiller, CodeBlank, CodeHostBlank) {
			mapped++
		}
		if worst := heaviest(findings); worst != nil {
			fault = q.Name + ": " + worst.Message
		} else {
			sound++
		}
	}
	n := len(s.Postbacks)
	steps := []Step{
		{Key: StepMacros, Title: "Macros valid", Done: n > 0 && known == n, Message: either(n > 0 && known == n, "All macros in your postbacks are valid.", "Add a postback: paste your tracker's URL.")},
		{Key: StepMapped, Title: "Mapped to your tracker", Done: n > 0 && mapped == n, Message: either(n > 0 && mapped == n, "Your postbacks return the click id to your tracker.", "Put {param_1} in the parameter in which your tracker expects its click id.")},
		{Key: StepSound, Title: "URL checked", Done: n > 0 && sound == n, Message: either(n > 0 && sound == n, "The doctor found no problems.", notSound(fault))},
		happened(StepTested, "Test fired", s.Tested, "Your tracker accepted a test.", "Fire a test and check your tracker's response."),
		happened(StepClicked, "First click", s.Clicked, "A real click arrived with param_1.", "Send a click through your tracking link, with your tracker's click id as param_1."),
		happened(StepDelivered, "First delivery", s.Delivered, "A real conversion was delivered to your tracker.", "Wait for the first conversion, or ask "+s.manager()+" to fire one manually for one of your clicks."),
	}
	return steps
}

// manager names whom to ask.
func (s *Setup) manager() string {
	if s.Manager == "" {
		return "your manager"
	}
	return "your manager, " + s.Manager + ","
}

func notSound(fault string) string {
	if fault == "" {
		return "Add a postback: paste your tracker's URL."
	}
	return fmt.Sprintf("The doctor found a problem in %s", fault)
}

func happened(key, title string, at *time.Time, done, todo string) Step {
	return Step{Key: key, Title: title, Done: at != nil, At: at, Message: either(at != nil, done, todo)}
}

func either(done bool, yes, no string) string {
	if done {
		return yes
	}
	return no
}

func hasAny(findings []Finding, codes ...string) bool {
	for _, code := range codes {
		if count(findings, code) > 0 {
			return true
		}
	}
	return false
}

// heaviest is an error or a warning, the first of the errors before the first
// warning; nil for none.
func heaviest(findings []Finding) *Finding {
	for _, s := range []Severity{Error, Warning} {
		for i := range findings {
			if findings[i].Severity == s {
				return &findings[i]
			}
		}
	}
	return nil
}
