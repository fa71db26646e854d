# tflint-ignore-file: terraform_standard_module_structure # these variables are not the module's
# What makes a clone a deployment of its own: the provider, and the variables that only it reads. module.zip is without this
# file, because a module with a provider block takes no for_each, count or depends_on.

# What is null here comes from the provider's usual places: the environment (SCW_ACCESS_KEY, SCW_SECRET_KEY,
# SCW_DEFAULT_PROJECT_ID, SCW_DEFAULT_ORGANIZATION_ID, SCW_DEFAULT_REGION), or the active profile of scw's config file.
provider "scaleway" {
  access_key      = var.scw_access_key
  secret_key      = var.scw_secret_key
  project_id      = var.scw_project_id
  organization_id = var.scw_organization_id
  region          = var.scw_region
  api_url         = var.scw_api_url
}

# ------------------------------------------------------ with what, in a clone (the module uses the provider that is there)

variable "scw_access_key" {
  type        = string
  description = "Access key of the deploying key. Null: SCW_ACCESS_KEY or scw's config file. What stands in the environment wins."
  default     = null
}

variable "scw_secret_key" {
  type        = string
  description = "Secret key of the deploying key. Null: SCW_SECRET_KEY or scw's config file."
  default     = null
  sensitive   = true
}

variable "scw_organization_id" {
  type        = string
  description = "Organization of the identities. Null: SCW_DEFAULT_ORGANIZATION_ID or scw's config file."
  default     = null
}

variable "scw_region" {
  type        = string
  description = "Region of secret and functions. Null: SCW_DEFAULT_REGION, scw's config file, or fr-par."
  default     = null
}
