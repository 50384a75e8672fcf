"""Twenty reviewers at once over HTTP, with the flows' writes and an analyst's reads beside them; and a server that is killed meanwhile."""
