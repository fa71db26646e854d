# Two deployments from a release, one beside the other: no clone, no Node. Fill in the address of module.zip and its line in
# SHA256SUMS. Who deploys, and to which project, is the provider's (here: SCW_ACCESS_KEY and its siblings in the environment).
module "key_rotation" {
  source    = "https://example.com/v1.0.0/module.zip?checksum=sha256:…"
  for_each  = { billing = ["billing-api"], mailer = ["mailer", "newsletter"] }
  prefix    = each.key
  consumers = each.value
}

# terraform output -json key_rotation
output "key_rotation" {
  description = "All outputs of each deployment, by its name."
  value       = module.key_rotation
  sensitive   = true
}
