import distutils.util
