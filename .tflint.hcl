# All rules, not the recommended ones alone: every variable and output is described and typed, and nothing is unused.
plugin "terraform" {
  enabled = true
  preset  = "all"
}
