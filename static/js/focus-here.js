// Moves focus to an element once it is on the page: error summaries.
export default (element) => element.focus();
