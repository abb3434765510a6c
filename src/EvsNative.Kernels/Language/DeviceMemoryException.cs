namespace EvsNative.Kernels;

/// <summary>A device refused memory that it was asked for. A smaller plan may do.</summary>
public sealed class DeviceMemoryException(string message, Exception? inner = null) : DeviceException(message, inner);
