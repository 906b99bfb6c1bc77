package graph

// gqlgen reads the paths of its configuration from the folder it is run in. It
// writes imports in one group; goimports puts ours last, as everywhere.
//go:generate sh -c "cd .. && go tool gqlgen generate && go tool goimports -local postrider -w graph/*.resolvers.go"
