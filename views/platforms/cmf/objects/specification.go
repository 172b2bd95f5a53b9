package objects

import (
	"encoding/json"

	"drey/client/cmf"
)

// ServerMembers are those of metadata that the server sets.
var ServerMembers = []string{
	"uid", "creationTimestamp", "updateTimestamp", "generation", "resourceVersion", "managedFields",
}

// Specification is what is compared of an object: what a person wrote of it.
func Specification(doc any) any {
	o, ok := doc.(map[string]any)
	if !ok {
		return doc
	}
	for _, name := range []string{"status", "result", "created_time", "updated_time"} {
		delete(o, name)
	}
	if metadata, ok := o["metadata"].(map[string]any); ok {
		for _, name := range ServerMembers {
			delete(metadata, name)
		}
	}
	return o
}

// StampText is a time of the wire for people.
func StampText(stamp string) string {
	at := cmf.ParseTime(stamp)
	if at.IsZero() {
		return stamp
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

// compared is what is compared of an application, or of one of its instances,
// which has its specification in the status.
func ComparedApplication(doc any) any {
	o, _ := doc.(map[string]any)
	if status, ok := o["status"].(map[string]any); ok && o["kind"] == cmf.Instances.Name {
		return map[string]any{"spec": status["spec"]}
	}
	return Specification(doc)
}

// OwnDocument is an object without what the server adds to it.
func OwnDocument(document json.RawMessage) json.RawMessage {
	o := cmf.Object(document)
	for _, name := range []string{"status", "result", "created_time", "updated_time"} {
		o = o.With(nil, name)
	}
	metadata := o.Object("metadata")
	for _, name := range ServerMembers {
		metadata = metadata.With(nil, name)
	}
	return json.RawMessage(o.With(metadata, "metadata"))
}
