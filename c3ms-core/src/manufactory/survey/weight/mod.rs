//! What an answer stands for: weights, and what is done to them so that they fit what is known.
