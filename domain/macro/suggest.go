package macro

import "strings"

// nearest returns the candidate most similar to name, or "" if none is similar. Case,
// underscores, dashes and spaces do not count, so clickid finds click_id.
func nearest(name string, candidates []string) string {
	wanted := squash(name)
	if wanted == "" || len(wanted) > 64 {
		return ""
	}
	best, bestDistance := "", len(wanted)/3+1
	for _, candidate := range candidates {
		if d := distance(wanted, squash(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Nearest returns the macro whose name or alias is most similar to what was written.
func Nearest(written string) (Name, bool) {
	names := make([]string, 0, len(index))
	for _, m := range macros {
		names = append(names, string(m.Name))
		names = append(names, m.Aliases...)
	}
	return Lookup(nearest(written, names))
}

func squash(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// distance returns the Levenshtein distance in bytes: all names are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next := min(row[j]+1, row[j-1]+1, diagonal+cost)
			diagonal, row[j] = row[j], next
		}
	}
	return row[len(b)]
}
