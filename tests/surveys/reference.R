# Figures of R's package survey for the made-up sample, as JSON lines: python -m tests.surveys.made_up > FILE;
# Rscript tests/surveys/reference.R FILE > tests/surveys/reference.jsonl. Written with R 4.2.2 and survey 4.1-1.
suppressMessages(library(survey))
options(warn = -1)
made <- read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = TRUE)

number <- function(x) if (length(x) == 0 || is.na(x)) "null" else sprintf("%.14g", x)
say <- function(design, statistic, variable, value, se = NA, low = NA, high = NA, deff = NA, by = "", extra = "")
  cat(sprintf('{"design": "%s", "statistic": "%s", "variable": "%s", "by": "%s"%s, "value": %s, "se": %s, "low": %s, "high": %s, "deff": %s}\n',
    design, statistic, variable, by, extra, number(value), number(se), number(low), number(high), number(deff)))
each <- function(design, statistic, x, with_deff = TRUE, by = "") {
  bounds <- confint(x)
  effects <- if (!with_deff) rep(NA, length(coef(x))) else if (is.matrix(deff(x))) diag(deff(x)) else as.vector(deff(x))
  for (i in seq_along(coef(x)))
    say(design, statistic, names(coef(x))[i], coef(x)[i], SE(x)[i], bounds[i, 1], bounds[i, 2], effects[i], by)
}
quantiles <- function(design, x, by = "") {
  for (name in names(x)) for (row in seq_len(nrow(x[[name]]))) {
    r <- x[[name]][row, ]
    say(design, "quantile", name, r[1], r[4], r[2], r[3], by = by,
      extra = sprintf(', "quantile": %s', rownames(x[[name]])[row]))
  }
}
test <- function(design, name, x, by = "")
  say(design, "chisq", name, x$statistic, by = by,
    extra = sprintf(', "df": %.14g, "df_denominator": %.14g, "p": %.14g', x$parameter[1], x$parameter[2], x$p.value))
everything <- function(name, d) {
  each(name, "mean", svymean(~y, d, deff = TRUE, na.rm = TRUE))
  each(name, "total", svytotal(~y, d, deff = TRUE, na.rm = TRUE))
  each(name, "mean", svymean(~z, d, deff = TRUE))
  each(name, "total", svytotal(~z, d, deff = TRUE))
  r <- svyratio(~y, ~k, d, deff = TRUE, na.rm = TRUE)
  say(name, "ratio", "y/k", coef(r), SE(r), confint(r)[1], confint(r)[2], deff(r))
  quantiles(name, svyquantile(~y, d, c(0.1, 0.5, 0.75), na.rm = TRUE))
  for (level in levels(made$z)) {
    part <- d[made$z == level, ]
    each(name, "mean", svymean(~y, part, deff = TRUE, na.rm = TRUE), by = level)
    quantiles(name, svyquantile(~y, part, 0.5, na.rm = TRUE), by = level)
  }
  for (level in levels(made$g)) {
    p <- eval(bquote(svyciprop(~I(g == .(level)), d)))
    say(name, "proportion", paste0("g", level), p[1], SE(p), attr(p, "ci")[1], attr(p, "ci")[2])
  }
  test(name, "z x g", svychisq(~z + g, d))
}

designs <- list(
  nested = svydesign(id = ~c, strata = ~h, weights = ~w, data = made, nest = TRUE),
  nested_finite = svydesign(id = ~c, strata = ~h, weights = ~w, fpc = ~N1, data = made, nest = TRUE),
  two_stages = svydesign(id = ~c + s, strata = ~h, weights = ~w, fpc = ~N1 + N2, data = made, nest = TRUE),
  two_stages_shares = svydesign(id = ~c + s, strata = ~h, fpc = ~f1 + f2, data = made, nest = TRUE),
  rows_alone = svydesign(id = ~1, weights = ~w, data = made),
  equal = svydesign(id = ~1, strata = ~h, weights = ~h, data = made)
)
people <- function(...) data.frame(..., Freq = c(200, 150, 120))
designs$fitted <- postStratify(designs$two_stages, ~z, people(z = c("a", "b", "c")))
designs$raked <- rake(designs$two_stages, list(~z, ~g),
  list(people(z = c("a", "b", "c")), data.frame(g = c("u", "v"), Freq = c(250, 220))), control = list(maxit = 50))
for (name in names(designs)) everything(name, designs[[name]])

# One cluster left in the first stratum.
alone <- made[!(made$h == 1 & made$c > 1), ]
for (rule in c("certainty", "remove", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  d <- svydesign(id = ~c, strata = ~h, weights = ~w, data = alone, nest = TRUE)
  each(paste0("lonely_", rule), "mean", svymean(~y, d, na.rm = TRUE), FALSE)
}
