// Command zz_inf compares inference rows with the engine.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/schemas"
)

type row struct {
	ID        string
	Arguments json.RawMessage
	Measured  struct {
		Params    struct{ Total int64 }
		Requested map[string]int64
		Step      map[string]int64
		Reserved  int64
	}
}

func main() {
	out := flag.String("out", "", "sequence")
	match := flag.String("match", "", "")
	flag.Parse()
	c := catalog.Load()
	for _, name := range flag.Args() {
		f, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		s := bufio.NewScanner(f)
		s.Buffer(nil, 1<<24)
		for s.Scan() {
			var r row
			if json.Unmarshal(s.Bytes(), &r) != nil || *match != "" && !strings.Contains(r.ID, *match) {
				continue
			}
			a, fs := schemas.Decode[schemas.InferenceArgs](r.Arguments)
			w, _, more := a.Resolve(c)
			fs = append(fs, more...)
			if w == nil || check.HasErrors(fs) {
				fmt.Println(r.ID, "REFUSED", fs)
				continue
			}
			var o io.Writer = io.Discard
			if *out != "" {
				g, _ := os.Create(*out)
				defer g.Close()
				o = g
			}
			d, err := calc.DebugRun(w, o)
			if err != nil {
				fmt.Println(r.ID, "ERR", err)
				continue
			}
			if d.FoldErr != nil {
				fmt.Println(r.ID, "FOLDERR", d.FoldErr)
			}
			q := r.Measured.Requested
			if q == nil || q["prefill"] == 0 {
				q = r.Measured.Step
			}
			show := func(n string, got int64) {
				w := q[n]
				if w == 0 {
					return
				}
				fmt.Printf(" %s %d %d (%+.4f%%)", n, w, got, 100*(float64(got)/float64(w)-1))
			}
			fmt.Print(r.ID, ":")
			if d.Counts.Total != 0 && int64(d.Counts.Total) != r.Measured.Params.Total {
				fmt.Print(" PARAMS ", d.Counts.Total, r.Measured.Params.Total)
			}
			show("start", d.Marks["start"])
			show("prefill", d.Peaks["prefill"])
			show("after_prefill", d.Marks["prefilled"])
			show("decode", d.Peaks["decode"])
			if r.Measured.Reserved > 0 {
				fmt.Printf(" reserved %d %d (%+.3f%%)", r.Measured.Reserved, d.Held.PeakReserved, 100*(float64(d.Held.PeakReserved)/float64(r.Measured.Reserved)-1))
			}
			for k, v := range d.FoldPeaks {
				if d.Peaks[k] != v && k != "load" {
					fmt.Print(" FOLD ", k, " ", v, " ", d.Peaks[k])
				}
			}
			fmt.Println()
		}
	}
}
