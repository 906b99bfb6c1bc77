package inbound

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"postrider/internal/problem"
)

// read returns the events that a call reports, and the text of the body. If only the body is signed,
// just the credentials are read of the query: nobody who overheard one call may make another of it.
func (s *Integration) read(c *Call) ([]Event, content, error) {
	query := fields{}
	notes := s.addPairs(query, c.RawQuery)
	b, err := c.content()
	if err != nil {
		return nil, b, err
	}
	if s.RequireSignature && b.shape != nothing {
		maps.DeleteFunc(query, func(name string, _ field) bool { return !s.Hides(name) })
	}
	notes = append(append(slices.Clone(c.Notes), notes...), b.notes...)
	if b.shape == list {
		events, err := s.list(c, query, b, notes)
		return events, b, err
	}
	body := fields{}
	switch b.shape {
	case form:
		notes = append(notes, s.addPairs(body, strings.TrimSpace(string(b.text)))...)
	case object:
		err = s.addObject(body, b.text)
	}
	if err != nil {
		return nil, b, err
	}
	e := s.event(query, body, notes)
	e.Call = c
	return []Event{e}, b, problem.Join(e.Bad)
}

// list reads the events of a JSON list, each by itself.
func (s *Integration) list(c *Call, query fields, b content, notes []string) ([]Event, error) {
	list, err := items(b.text)
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(list))
	for i, item := range list {
		body := fields{}
		err := s.addObject(body, item)
		events[i] = s.event(query, body, notes)
		if err != nil {
			events[i].Bad = []*problem.Error{problem.Invalid("body", "has an event that is not an object")}
		}
		call := *c
		call.Body, call.ContentType, call.item = item, "application/json", true
		events[i].Call = &call
	}
	return events, nil
}

// event makes an event of the parameters of a query and a body. The body's go before the query's,
// which all events of a list share, unless they are empty.
func (s *Integration) event(query, body fields, notes []string) Event {
	given := query
	if len(body) > 0 {
		given = maps.Clone(query)
	}
	e := Event{Notes: slices.Clone(notes)}
	for name, of := range body {
		was, twice := given[name]
		if twice && of.empty() {
			continue
		}
		if twice && !was.empty() && was.value != of.value && s.reads(name) {
			e.Notes = append(e.Notes, fmt.Sprintf("%s stands in the query and, differently, in the body: the body's counts", name))
		}
		given[name] = of
	}
	slices.Sort(e.Notes[len(notes):])
	e.Values, e.Bad = s.Words.translate(given)
	if at := s.TimestampName; at != "" && !e.Values.Has(at) && given[at].problem(false) == "" {
		e.Values.Set(at, given[at].value)
	}
	for name := range given {
		if !s.reads(name) {
			e.Unused = append(e.Unused, name)
		}
	}
	slices.Sort(e.Unused)
	return e
}

// Nearest says of each required parameter that is missing whether one of nearly its name was sent:
// names are read exactly as they are written.
func (e *Event) Nearest(bad []*problem.Error) []*problem.Error {
	for _, p := range bad {
		name := strings.Join(p.Field, ".")
		if e.Values.Get(name) != "" {
			continue
		}
		for _, sent := range e.Unused {
			if fold(sent) == fold(name) {
				p.Message += fmt.Sprintf("; the call has %q: the name is %q, or is mapped in the integration", sent, name)
			}
		}
	}
	return bad
}
