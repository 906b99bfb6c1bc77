package dispatch

// BodyRule is what a tracker's answer must say, beyond a 2xx, to count as
// delivered.
type BodyRule struct {
	Kind  BodyRuleKind `json:"kind"`
	Path  string       `json:"path,omitempty"` // for JSONField, with dots: result.status
	Value string       `json:"value"`
}
