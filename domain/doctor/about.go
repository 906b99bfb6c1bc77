package doctor

import "postrider/domain/firing"

// About is the question about a postback. Tracking link, repeating goals, the owner's
// other postbacks and what its deals pay are added by who knows them.
func About(p firing.Postback) Question {
	return Question{
		Name: p.Name, Template: p.URLTemplate, Goals: goalsOf(p), Statuses: p.Statuses, Aggregates: p.Aggregates > 0,
		OneGoal: p.ID != 0 && p.Aggregates == 0,
	}
}

// Other is what a question has to know of another postback, and how its owner knows it.
func Other(name string, p firing.Postback) Postback {
	return Postback{Name: name, Template: p.URLTemplate, Goals: goalsOf(p), Statuses: p.Statuses}
}

// goalsOf lists a postback's goals; none of one whose goal is not chosen yet.
func goalsOf(p firing.Postback) []string {
	if p.Goal == "" {
		return nil
	}
	return p.Goals()
}
