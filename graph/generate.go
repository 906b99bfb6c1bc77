package graph

// gqlgen reads the paths of its configuration from the folder it is run in.
//go:generate sh -c "cd .. && go tool gqlgen generate"
