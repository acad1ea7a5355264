module vramcalc

go 1.26
