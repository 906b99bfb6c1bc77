package installation

// Columns names every column that is rotated.
func Columns() []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.String())
	}
	return names
}
