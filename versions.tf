terraform {
  required_version = ">= 1.9" # validations that look at several variables; OpenTofu has them from 1.9 as well

  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "~> 2.81"
    }
  }
}
