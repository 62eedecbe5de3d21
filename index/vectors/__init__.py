"""Text -> vectors, and the nearest vectors. Loads torch and onnxruntime."""
