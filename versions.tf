terraform {
  required_version = ">= 1.9" # validations that look at several variables; OpenTofu has them from 1.9 as well

  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "~> 2.81"
    }
  }
}

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
