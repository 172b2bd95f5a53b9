package body

import (
	"drey/client/cmf"
	"drey/server/model"
)

// SentApplication refuses a name that is no string: metadata is a free map.
func SentApplication(sent cmf.Object) error {
	if raw := sent.Get("metadata", "name"); len(raw) > 0 && raw[0] != '"' && raw[0] != 'n' {
		return model.Invalid("metadata.name: want a string, got %s", Clip(string(raw)))
	}
	return nil
}

func SentCatalog(sent cmf.Object) error {
	if sent.Object("spec", "srInstance").IsZero() {
		return model.Invalid("spec.srInstance: must not be empty")
	}
	return nil
}

// CheckConnection takes an empty configuration: the secret may hold all of it.
func CheckConnection(path string, config map[string]string, secret string) error {
	if config == nil {
		return model.Invalid("%s.connectionConfig: must not be empty", path)
	}
	if secret == "" {
		return nil
	}
	return ResourceName.Check(path+".connectionSecretId", secret)
}

// CheckSavepointSpec fills in what is missing.
func CheckSavepointSpec(s *cmf.Savepoint) error {
	switch s.Spec.FormatType {
	case "":
		s.Spec.FormatType = model.AskedFormat("")
	case cmf.FormatCanonical, cmf.FormatNative, "UNKNOWN":
	default:
		return model.Invalid("spec.formatType: must be CANONICAL, NATIVE or UNKNOWN, got '%s'", Clip(s.Spec.FormatType))
	}
	if s.Spec.BackoffLimit == nil {
		endless := -1
		s.Spec.BackoffLimit = &endless
	}
	if *s.Spec.BackoffLimit < -1 {
		return model.Unprocessable("spec.backoffLimit: must be -1 or more, got %d", *s.Spec.BackoffLimit)
	}
	return nil
}
