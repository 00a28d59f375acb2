# The peers in R, `survey` and `sampling`, on the tables that the native bench wrote: one thread, processor time.
#
#   Rscript bench_survey.R FOLDER    with million.csv, small.csv, frame-10000.csv, frame-100000.csv in it
suppressMessages({ library(survey); library(sampling) })
folder <- commandArgs(trailingOnly = TRUE)[1]
seconds <- function(work) { gc(FALSE); sum(system.time(work)[c("user.self", "sys.self")]) }
told <- function(name, count, unit, work) {
  taken <- min(seconds(work()), seconds(work()))
  cat(sprintf("bench %s-r ours=- peer=%.4f ratio=- (%s per CPU-second, peer: R)\n", name, count / taken, unit))
}

million <- read.csv(file.path(folder, "million.csv"))
design <- function(answers) svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = answers)
told("survey-mean", nrow(million), "rows", function() svymean(~y, design(million)))
told("survey-domains", nrow(million), "rows", function() svyby(~y, ~d, design(million), svymean))
margins <- lapply(0:4, function(place) as.formula(paste0("~m", place)))
levels <- c(2, 5, 8, 12, 20)
totals <- lapply(0:4, function(place) {
  told <- data.frame(seq_len(levels[place + 1]) - 1, Freq = 1.6 * nrow(million) / levels[place + 1])
  names(told)[1] <- paste0("m", place)
  told
})
told("survey-raking", nrow(million), "rows", function() {
  rake(design(million), margins, totals, control = list(maxit = 200, epsilon = 1e-4))
})
rm(million)
small <- read.csv(file.path(folder, "small.csv"))
told("survey-bootstrap", nrow(small), "rows", function() {
  svymean(~y, as.svrepdesign(design(small), type = "subbootstrap", replicates = 500))
})
for (units in c("10000", "100000")) {
  frame <- as.matrix(read.csv(file.path(folder, paste0("frame-", units, ".csv"))))
  told(paste0("cube-", units), nrow(frame), "units", function() {
    samplecube(frame, frame[, 1], order = 1, comment = FALSE)
  })
}
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat(sprintf("bench survey-memory-r ours=- peer=%.0f ratio=- (MB at most, peer: R)\n", as.numeric(gsub("\\D", "", peak)) / 1024))
