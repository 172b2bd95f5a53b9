package ccloudapi

// Domains is what is trusted with credentials beside a control plane.
var Domains = domains
