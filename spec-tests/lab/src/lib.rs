//! The closed world that a sockspec run happens in: namespaces, an /etc tree, interfaces, a scripted DNS server
