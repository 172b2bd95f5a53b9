package space

import (
	"context"
	"slices"

	"drey/views"
)

// Confirmation is a question as it is asked in a context: with its name, where
// there are others, which has to be typed where the context wants that.
func (s *Space) Confirmation(c views.Confirmation, others bool) views.Confirmation {
	if others {
		c.Context = s.Name
	}
	if s.ConfirmTyped && c.Plan != "" && len(c.Targets) > 0 {
		one := len(c.Targets) == 1
		c.TypeName = s.typed(c.TypeName, one)
		c.Choices = s.typedChoices(c.Choices, one)
		c.Targets = slices.Clone(c.Targets)
		for i := range c.Targets {
			c.Targets[i].TypeName = s.typed(c.Targets[i].TypeName, one)
			c.Targets[i].Choices = s.typedChoices(c.Targets[i].Choices, one)
		}
	}
	if load := c.Load; load != nil {
		c.Load = func(ctx context.Context) views.Confirmation { return s.Confirmation(load(ctx), others) }
	}
	return c
}

// typed is what is to be typed where the context's name is wanted, too.
func (s *Space) typed(text string, one bool) string {
	switch {
	case text == "":
		return s.Name
	case one:
		return s.Name + "/" + text
	}
	return s.Name + " " + text
}

func (s *Space) typedChoices(choices []views.Choice, one bool) []views.Choice {
	choices = slices.Clone(choices)
	for i := range choices {
		choices[i].TypeName = s.typed(choices[i].TypeName, one)
	}
	return choices
}
