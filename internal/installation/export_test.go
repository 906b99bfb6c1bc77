package installation

// Columns names every column that is rotated.
func Columns() []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.String())
	}
	return names
}

// ClusterOf is a cluster, for tests of what follows what.
type ClusterOf struct{ cluster }

// Cluster makes one.
func Cluster(system string, timeline, oid, written int64) ClusterOf {
	return ClusterOf{cluster{system: system, timeline: timeline, oid: oid, written: written}}
}

// Follows is follows.
func (c ClusterOf) Follows(was ClusterOf) bool { return c.follows(was.cluster) }
