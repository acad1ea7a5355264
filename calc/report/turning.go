package report

import (
	"cmp"
	"math"
	"slices"
)

// point is a size and what it takes.
type point struct{ x, y float64 }

// turning finds the largest n from 1 to bound at which a growing function is
// within limit, 0 where none is. It tries where the parabola through what it
// has seen passes the limit (memory grows straight with the batch, and with the
// square of the sequence at most), and halves the interval when that stops
// helping. Where the function is not monotone (an allocator's best fit is not),
// n is one of the places where it turns: n is within, n+1 is not. hint gives a
// rough second point.
func turning(start, bound int64, limit float64, hint func() point, f func(int64) float64) int64 {
	low, high := int64(0), bound+1 // within, beyond; not yet tried at the ends
	var seen []point
	n := min(max(1, start), bound)
	for tries := 1; ; tries++ {
		y := f(n)
		if y <= limit {
			low = n
		} else {
			high = n
		}
		if low+1 >= high {
			return low
		}
		if !math.IsInf(y, 0) {
			seen = append(seen, point{float64(n), y})
		}
		guess := passes(nearest(seen, hint, limit), limit, low, high)
		switch {
		case tries <= smooth && !math.IsNaN(guess):
			n = min(max(int64(guess), low+1), high-1)
		case high > bound:
			n = min(max(1, 2*low), bound)
		default:
			n = low + (high-low)/2
		}
	}
}

// smooth is how many tries the curve gets: it is off by the steps in which an
// allocator takes memory, and halving ends that sooner.
const smooth = 5

// nearest are the three points closest to the limit, the hint where there is
// only one.
func nearest(seen []point, hint func() point, limit float64) []point {
	points := slices.Clone(seen)
	if len(points) == 1 {
		if p := hint(); !math.IsNaN(p.y) && p.x != points[0].x {
			points = append(points, p)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int {
		return cmp.Compare(math.Abs(a.y-limit), math.Abs(b.y-limit))
	})
	return points[:min(3, len(points))]
}

// passes is where the curve through the points passes the limit between low
// and high, NaN where it does not tell.
func passes(p []point, limit float64, low, high int64) float64 {
	if len(p) < 2 {
		return math.NaN()
	}
	first := (p[1].y - p[0].y) / (p[1].x - p[0].x)
	bend := 0.0
	if len(p) == 3 {
		second := (p[2].y - p[1].y) / (p[2].x - p[1].x)
		bend = max(0, (second-first)/(p[2].x-p[0].x))
	}
	at := func(x float64) float64 {
		return p[0].y + (x-p[0].x)*(first+bend*(x-p[1].x)) - limit
	}
	from, to := float64(low), float64(high)
	if at(to) <= 0 {
		return to
	}
	const halvings = 64
	for range halvings {
		if middle := from + (to-from)/2; at(middle) <= 0 {
			from = middle
		} else {
			to = middle
		}
	}
	return from
}
