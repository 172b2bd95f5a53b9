package console

// resize lays everything out for a screen of this size.
func (r *Root) resize(width, height int) {
	r.Space.Resize(width, height)
	if r.over != nil {
		r.over.SetSize(r.Rects.Width, r.Rects.Height)
	}
	r.dirty = true
}
